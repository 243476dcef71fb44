/**
 * Whom a person can complain to, by country. Name, web site and languages only: fewer facts, fewer that rot. In Germany a company is
 * supervised by the authority of its Land; the federal one is listed because its site leads to all of them.
 *
 * Compared on `authoritiesCheckedOn`. Names and sites of the European Economic Area, the United Kingdom and Switzerland: with the CC0
 * collection of datenanfragen.de as of 21 July 2026; where that is older the name is the authority's own (the British Commissioner became
 * the Information Commission on 30 September 2026, SI 2026/1015). The rest, and the languages of all but those in that collection,
 * are known and were not compared with a source.
 */
import type { Language } from "./text.ts";

/** An authority that takes complaints. */
export interface Authority {
  /** ISO 3166-1 alpha-2; of a part of a country ISO 3166-2, `US-CA`. */
  readonly place: string;
  /** Its own name, as it is written there. */
  readonly name: string;
  readonly web: string;
  /** BCP 47 tags of the languages in which it takes complaints. */
  readonly languages: readonly string[];
}

/** The day on which the table was last reviewed. */
export const authoritiesCheckedOn = "2026-11-22";

const lines = `
AT|Österreichische Datenschutzbehörde|https://www.dsb.gv.at/|de
BE|Autorité de protection des données · Gegevensbeschermingsautoriteit|https://www.dataprotectionauthority.be/|nl,fr,de,en
BG|Комисия за защита на личните данни|https://www.cpdp.bg/|bg
CY|Γραφείο Επιτρόπου Προστασίας Δεδομένων Προσωπικού Χαρακτήρα|https://www.dataprotection.gov.cy/|el,en
CZ|Úřad pro ochranu osobních údajů|https://www.uoou.gov.cz/|cs
DE|Die Bundesbeauftragte für den Datenschutz und die Informationsfreiheit|https://www.bfdi.bund.de/|de
DK|Datatilsynet|https://www.datatilsynet.dk/|da
EE|Andmekaitse Inspektsioon|https://www.aki.ee/|et
ES|Agencia Española de Protección de Datos|https://www.aepd.es/|es
FI|Tietosuojavaltuutetun toimisto|https://tietosuoja.fi/|fi,sv
FR|Commission nationale de l'informatique et des libertés|https://www.cnil.fr/|fr
GR|Αρχή Προστασίας Δεδομένων Προσωπικού Χαρακτήρα|https://www.dpa.gr/|el
HR|Agencija za zaštitu osobnih podataka|https://azop.hr/|hr
HU|Nemzeti Adatvédelmi és Információszabadság Hatóság|https://www.naih.hu/|hu
IE|Data Protection Commission|https://www.dataprotection.ie/|en,ga
IS|Persónuvernd|https://www.personuvernd.is/|is
IT|Garante per la protezione dei dati personali|https://www.garanteprivacy.it/|it
LI|Datenschutzstelle Fürstentum Liechtenstein|https://www.datenschutzstelle.li/|de
LT|Valstybinė duomenų apsaugos inspekcija|https://vdai.lrv.lt/|lt
LU|Commission nationale pour la protection des données|https://cnpd.public.lu/|fr,de,en
LV|Datu valsts inspekcija|https://www.dvi.gov.lv/|lv
MT|Office of the Information and Data Protection Commissioner|https://idpc.org.mt/|en,mt
NL|Autoriteit Persoonsgegevens|https://autoriteitpersoonsgegevens.nl/|nl
NO|Datatilsynet|https://www.datatilsynet.no/|nb
PL|Urząd Ochrony Danych Osobowych|https://uodo.gov.pl/|pl
PT|Comissão Nacional de Proteção de Dados|https://www.cnpd.pt/|pt
RO|Autoritatea Națională de Supraveghere a Prelucrării Datelor cu Caracter Personal|https://www.dataprotection.ro/|ro
SE|Integritetsskyddsmyndigheten|https://www.imy.se/|sv
SI|Informacijski pooblaščenec|https://www.ip-rs.si/|sl
SK|Úrad na ochranu osobných údajov Slovenskej republiky|https://dataprotection.gov.sk/|sk
GB|Information Commission (ICO)|https://ico.org.uk/|en
CH|Eidgenössischer Datenschutz- und Öffentlichkeitsbeauftragter|https://www.edoeb.admin.ch/|de,fr,it
CN|国家互联网信息办公室|https://www.cac.gov.cn/|zh-Hans
HK|個人資料私隱專員公署 · Privacy Commissioner for Personal Data|https://www.pcpd.org.hk/|zh-Hant,en
SG|Personal Data Protection Commission|https://www.pdpc.gov.sg/|en
JP|個人情報保護委員会|https://www.ppc.go.jp/|ja
KR|개인정보보호위원회|https://www.pipc.go.kr/|ko
AU|Office of the Australian Information Commissioner|https://www.oaic.gov.au/|en
NZ|Office of the Privacy Commissioner|https://www.privacy.org.nz/|en
CA|Office of the Privacy Commissioner of Canada|https://www.priv.gc.ca/|en,fr
BR|Agência Nacional de Proteção de Dados|https://www.gov.br/anpd/|pt-BR
US-CA|California Privacy Protection Agency|https://cppa.ca.gov/|en
US-CA|Office of the Attorney General of California|https://oag.ca.gov/privacy|en
US|Federal Trade Commission|https://www.ftc.gov/|en
`;

/** Every authority, by place. */
export const authorities: readonly Authority[] = lines
  .trim()
  .split("\n")
  .map((line) => {
    const [place = "", name = "", web = "", languages = ""] = line.split("|");
    return { place, name, web, languages: languages.split(",") };
  });

/** The authorities of a country or of a part of it; a part without its own has its country's. Upper and lower case are the same. */
export function findAuthorities(place: string): readonly Authority[] {
  const wanted = place.trim().toUpperCase();
  const own = authorities.filter((authority) => authority.place === wanted);
  if (own.length > 0) return own;
  const country = wanted.split("-")[0];
  return authorities.filter((authority) => authority.place === country);
}

/** The places that have an authority, with their names in a language, in that language's order. */
export function authorityPlaces(
  language: Language,
): readonly { readonly place: string; readonly title: string }[] {
  const locale = language === "zh" ? "zh-Hans" : "en";
  const names = new Intl.DisplayNames([locale], { type: "region" });
  const parts: Readonly<Record<string, string>> = {
    "US-CA": language === "zh" ? "美国（加利福尼亚州）" : "United States (California)",
  };
  return [...new Set(authorities.map(({ place }) => place))]
    .map((place) => ({ place, title: parts[place] ?? names.of(place) ?? place }))
    .toSorted((a, b) => a.title.localeCompare(b.title, locale));
}
