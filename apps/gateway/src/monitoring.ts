import { decide, type ItemKey, type Permit, strictest } from "@cloud-code/policy";

/** All that ever goes to the operator's own monitoring: numbers, and by which number a request is found. */
export const monitoredItems: readonly ItemKey[] = ["gateway.request-id", "gateway.token-counts"];

/** Leave to send these to a collector or a counter store; throws when the policy refuses, as it does for plain HTTP to another machine. */
export function permitMonitoring(origin: string, allowPlainHttp: boolean, nowMs: number): Permit {
  const decision = decide({
    items: monitoredItems,
    purpose: "measure-use",
    destination: { recipient: "operator-monitoring", origin },
    circumstances: { ...strictest, plainHttpOrigins: allowPlainHttp ? [origin] : [] },
    collectedSinceMs: nowMs,
    nowMs,
  });
  if (decision.kind === "granted") return decision.permit;
  throw new Error(`the policy does not let counts go to ${origin}: ${decision.because}`);
}
