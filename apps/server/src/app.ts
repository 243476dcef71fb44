/** The whole website and API as one Hono application. */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { NONCE, secureHeaders } from "hono/secure-headers";
import type { ServerEnv } from "./environment.ts";
import type { Services } from "./services.ts";

/** Builds the application from its parts. */
export function createApp(services: Services): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const secure = services.config.origin.startsWith("https:");
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        imgSrc: ["'self'"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        styleSrc: ["'self'"],
        scriptSrc: ["'strict-dynamic'", NONCE],
        requireTrustedTypesFor: ["'script'"],
      },
      // "no-referrer" would make browsers send `Origin: null` with our own forms.
      referrerPolicy: "same-origin",
      strictTransportSecurity: secure ? "max-age=31536000; includeSubDomains" : false,
      permissionsPolicy: { camera: [], microphone: [], geolocation: [], browsingTopics: [] },
    }),
  );
  app.use(bodyLimit({ maxSize: 256 * 1024 }));
  return app;
}
