/** Languages with a lexer of their own; every other text is lexed as "generic". */
export type Language =
  | "typescript"
  | "tsx"
  | "javascript"
  | "java"
  | "python"
  | "go"
  | "rust"
  | "c"
  | "cpp"
  | "csharp"
  | "php"
  | "ruby"
  | "generic";
