import { Button, Section, Text } from "react-email";
import type { MailLink } from "@/lib/mail/content";
import type { MailWriter } from "@/lib/mail/writer";
import { font, light } from "./colors";
import { Paragraph } from "./paragraph";

/** The button, its address for those whose reader shows no buttons, and how long it works. */
export function Action({ link, label, writer }: { link: MailLink; label: string; writer: MailWriter }) {
  const { t, duration, moment } = writer;
  return (
    <>
      {/* In plain text the address below is enough. */}
      <Section data-skip-in-text="true" style={{ margin: "8px 0 24px" }}>
        <Button
          href={link.url}
          className="button"
          style={{
            padding: "14px 24px",
            borderRadius: "8px",
            backgroundColor: light.accent,
            color: light.onAccent,
            fontFamily: font,
            fontSize: "16px",
            fontWeight: 600,
          }}
        >
          {label}
        </Button>
      </Section>
      <div data-skip-in-text="true">
        <Paragraph muted>{t("copy")}</Paragraph>
      </div>
      <Text
        className="accent"
        style={{
          margin: "-8px 0 20px",
          fontFamily: font,
          fontSize: "14px",
          lineHeight: "22px",
          color: light.accent,
          wordBreak: "break-all",
        }}
      >
        {link.url}
      </Text>
      <Paragraph>{t("expiry", { duration: duration(link.lifetimeMinutes), moment: moment(link.expiresAt) })}</Paragraph>
    </>
  );
}
