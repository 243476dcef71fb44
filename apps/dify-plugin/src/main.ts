/** The plugin: Alibaba Cloud AI Gateway as a model provider of Dify. */
import { createPlugin, runPlugin } from "@cloud-code/dify-sdk";
import { createGateway } from "./gateway.ts";
import { createProxies } from "./proxy.ts";
import { createProvider } from "./provider.ts";

const gateway = createGateway({ proxies: createProxies(process.env) });

await runPlugin(createPlugin({ model: createProvider(gateway) }));
