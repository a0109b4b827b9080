import type { NextConfig } from "next";
import createNextIntlPlugin from "next-intl/plugin";

const nextConfig: NextConfig = {
  poweredByHeader: false,
  // The account menu is at the lower left.
  devIndicators: { position: "bottom-right" },
  experimental: {
    // forbidden() and unauthorized() answer with real 403 and 401 pages.
    authInterrupts: true,
  },
  // The app's own log has a line for each, without what their addresses carry.
  logging: { incomingRequests: false },
  // No page has pictures to be made smaller, and what makes them would be open to everybody.
  images: { unoptimized: true },
  async headers() {
    return [{ source: "/icon.svg", headers: [{ key: "content-type", value: "image/svg+xml; charset=utf-8" }] }];
  },
  // Migrations are read at start; argon2 is a native module.
  outputFileTracingIncludes: { "/*": ["./drizzle/**/*"] },
  // Mail libraries look for optional packages when they are loaded, which a bundle would report as missing.
  serverExternalPackages: ["@node-rs/argon2", "nodemailer", "pg", "react-email", "resend"],
};

export default createNextIntlPlugin({
  requestConfig: "./lib/i18n/request.ts",
  experimental: { createMessagesDeclaration: "./messages/en.json" },
})(nextConfig);
