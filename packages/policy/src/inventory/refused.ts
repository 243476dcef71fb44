import type { Text } from "../text.ts";
import type { Category, RefusedItem } from "./item.ts";

/** What the service names in order to refuse it. */
export type RefusedServiceItemKey =
  | "service.device.imei"
  | "service.device.exsn"
  | "service.device.meid"
  | "service.device.serial-number"
  | "service.device.model"
  | "service.device.installed-apps"
  | "service.device.owner"
  | "service.wifi.ssid"
  | "service.wifi.password"
  | "service.network-adapter";

function refused(title: Text, category: Category, because: Text): RefusedItem {
  return { title, category, subject: "customer", product: "service", state: "refused", because };
}

const deviceNumber: Text = {
  en: "A coding product has no need to tell devices apart permanently.",
  zh: "编程产品无需永久识别设备。",
};

const network: Text = {
  en: "The service is reached over any network; how you are connected is no concern of ours.",
  zh: "任何网络均可使用本服务，您如何接入与我们无关。",
};

/** The refused part of the inventory. */
export const refusedItems: Readonly<Record<RefusedServiceItemKey, RefusedItem>> = {
  "service.device.imei": refused(
    { en: "IMEI", zh: "国际移动设备识别码（IMEI）" },
    "user.device.device_id",
    deviceNumber,
  ),
  "service.device.exsn": refused(
    { en: "Extended serial number (EXSN)", zh: "扩展序列号（EXSN）" },
    "user.device.device_id",
    deviceNumber,
  ),
  "service.device.meid": refused(
    { en: "MEID", zh: "移动设备识别码（MEID）" },
    "user.device.device_id",
    deviceNumber,
  ),
  "service.device.serial-number": refused(
    { en: "Serial number of the device (SN)", zh: "设备序列号（SN）" },
    "user.device.device_id",
    deviceNumber,
  ),
  "service.device.model": refused(
    { en: "Name and hardware of the device", zh: "设备名称与硬件信息" },
    "user.device",
    {
      en: "The browser's own name is enough to show pages and to recognise a session.",
      zh: "浏览器自报的信息已足以显示页面和辨认会话。",
    },
  ),
  "service.device.installed-apps": refused(
    { en: "List of installed applications", zh: "已安装应用列表" },
    "user.device.cc_installed_apps",
    {
      en: "What else you use tells much about you and nothing about code.",
      zh: "您使用的其他软件会透露大量个人信息，却与编程无关。",
    },
  ),
  "service.device.owner": refused(
    { en: "Owner of the device", zh: "设备所有者信息" },
    "user.workplace",
    {
      en: "The account says for whom you act; the device need not.",
      zh: "账户已说明您代表谁，无需从设备获取。",
    },
  ),
  "service.wifi.ssid": refused(
    { en: "Name of the Wi-Fi network (SSID)", zh: "Wi-Fi 网络名称（SSID）" },
    "user.device.cc_wifi_credentials",
    network,
  ),
  "service.wifi.password": refused(
    { en: "Wi-Fi password", zh: "Wi-Fi 密码" },
    "user.device.cc_wifi_credentials",
    {
      en: "Nobody but you and your router has any business with it.",
      zh: "除您和您的路由器外，任何人都无需知道。",
    },
  ),
  "service.network-adapter": refused(
    { en: "Connection state and network adapter", zh: "网络连接状态与网卡型号" },
    "user.device",
    network,
  ),
};
