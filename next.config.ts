import type { NextConfig } from "next";
import createNextIntlPlugin from "next-intl/plugin";

const nextConfig: NextConfig = {
  poweredByHeader: false,
  // scripts/bundle completes what this makes: `npm start`, images and the tests run it.
  output: "standalone",
  // The account menu is at the lower left.
  devIndicators: { position: "bottom-right" },
  experimental: {
    // forbidden() and unauthorized() answer with real 403 and 401 pages.
    authInterrupts: true,
  },
  // The app shows none that are too large, and /_next/image would fetch any of its addresses for anybody, past all guards.
  images: { unoptimized: true },
  async headers() {
    return [{ source: "/icon.svg", headers: [{ key: "content-type", value: "image/svg+xml; charset=utf-8" }] }];
  },
  // The app's own log has a line for each, without what their addresses carry.
  logging: { incomingRequests: false },
  // Migrations are read at start.
  outputFileTracingIncludes: { "/*": ["./drizzle/**/*"] },
  // Native modules, and libraries that look for files or optional packages when they are loaded, which a bundle would
  // report as missing.
  serverExternalPackages: ["@node-rs/argon2", "@node-rs/bcrypt", "nodemailer", "pg", "pino", "react-email", "resend"],
};

export default createNextIntlPlugin({
  requestConfig: "./lib/i18n/request.ts",
  experimental: { createMessagesDeclaration: "./messages/en.json" },
})(nextConfig);
