import type { ReactNode } from "react";
import { Container, Head, Heading, Html, Preview, Section, Text } from "react-email";
import type { MailWriter } from "@/lib/mail/writer";
import { darkColors, font, light } from "./colors";

type Props = {
  writer: MailWriter;
  title: string;
  /** What lists of mails show beside the subject. */
  preheader: string;
  children: ReactNode;
};

/** The frame of every mail: the name of the site, a heading, the text, and who sent it. */
export function Layout({ writer, title, preheader, children }: Props) {
  const { locale, site, t } = writer;
  return (
    <Html lang={locale}>
      <Head>
        <title>{title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        {/* Apple Mail makes blue links of what looks like a date or an address. */}
        <meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no" />
        <style>{darkColors}</style>
      </Head>
      <body className="page" style={{ margin: 0, padding: 0, backgroundColor: light.page }}>
        <Preview useTitleTag={false}>{preheader}</Preview>
        {/* Some readers drop the styles of the body, hence the colour a second time. */}
        <Section lang={locale} className="page" style={{ backgroundColor: light.page }}>
          <Section style={{ padding: "32px 12px" }}>
            <Container
              className="card"
              style={{
                maxWidth: "560px",
                padding: "32px 28px 16px",
                backgroundColor: light.card,
                border: `1px solid ${light.border}`,
                borderRadius: "12px",
                borderCollapse: "separate",
              }}
            >
              <Text
                className="accent"
                style={{ margin: "0 0 20px", fontFamily: font, fontWeight: 600, color: light.accent }}
              >
                {site.name}
              </Text>
              <Heading
                className="text"
                style={{
                  margin: "0 0 16px",
                  fontFamily: font,
                  fontSize: "22px",
                  lineHeight: "30px",
                  fontWeight: 600,
                  color: light.text,
                }}
              >
                {title}
              </Heading>
              {children}
            </Container>
            <Container style={{ maxWidth: "560px", padding: "16px 28px 0" }}>
              <Text
                className="muted"
                style={{ margin: 0, fontFamily: font, fontSize: "13px", lineHeight: "20px", color: light.muted }}
              >
                {t("sender", { site: site.name, host: site.host })}
              </Text>
            </Container>
          </Section>
        </Section>
      </body>
    </Html>
  );
}
