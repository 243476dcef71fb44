import type { Language } from "../src/index.ts";

/** A few lines of each language with what its code is made of; `№` becomes a number that differs from copy to copy. */
const members: Readonly<Partial<Record<Language, string>>> = {
  typescript: `  /** Finds the entry at \`index\`, or makes a new one. */
  async find№(index: number, options?: Options<string, Map<string, number>>): Promise<Entry | undefined> {
    const known = this.#entries.get(\`entry-\${index}-№\`);
    if (known !== undefined && known.weight / 2 > 0x1f) return known; // still good
    for (const [key, value] of Object.entries(options?.values ?? {})) {
      if (/^[a-z]+\\/№$/i.test(key)) this.#entries.set(key, { ...known, weight: value * 1.5e3 });
    }
    return await this.load("entry", index + №, (entry) => entry.name === 'first');
  }

`,
  java: `    /** Finds the entry at the index, or makes a new one. */
    public Optional<Entry<String, List<Integer>>> find№(int index, final Options options) throws IOException {
        Entry<String, List<Integer>> known = entries.get("entry-" + index + '-' + №);
        if (known != null && known.weight() / 2 > 0x1F) return Optional.of(known); // still good
        for (Map.Entry<String, Integer> value : options.values().entrySet()) {
            entries.computeIfAbsent(value.getKey(), key -> new Entry<>(key, value.getValue() * 1.5e3f));
        }
        return load("entry", index + №).filter(entry -> entry.name().equals("first"));
    }

`,
  python: `    async def find№(self, index: int, options: dict[str, int] | None = None) -> Entry | None:
        """Finds the entry at the index, or makes a new one."""
        known = self._entries.get(f"entry-{index}-{self.names['№']}")
        if known is not None and known.weight // 2 > 0x1F:  # still good
            return known
        for key, value in (options or {}).items():
            self._entries[key] = Entry(key, weight=value * 1.5e3, pattern=r"^[a-z]+/№$")
        return await self.load('entry', index + №, lambda entry: entry.name == "first")

`,
  go: `// Find№ finds the entry at the index, or makes a new one.
func (store *Store) Find№(index int, options map[string]int) (*Entry, error) {
	known, ok := store.entries[fmt.Sprintf("entry-%d-№", index)]
	if ok && known.weight/2 > 0x1f {
		return known, nil // still good
	}
	for key, value := range options {
		store.entries[key] = &Entry{Name: key, Weight: float64(value) * 1.5e3, Pattern: \`^[a-z]+/№$\`}
	}
	return store.load("entry", index+№, func(entry *Entry) bool { return entry.Name[0] == 'f' })
}

`,
  rust: `    /// Finds the entry at the index, or makes a new one.
    pub fn find_№<'a>(&'a mut self, index: usize, options: &HashMap<String, Vec<u32>>) -> Option<&'a Entry> {
        let known = self.entries.get(&format!("entry-{}-№", index))?;
        if known.weight / 2 > 0x1f && known.kind != 'x' {
            return Some(known); // still good
        }
        for (key, value) in options.iter() {
            self.entries.insert(key.clone(), Entry::new(key, value.len() as f64 * 1.5e3, r#"^[a-z]+"№$"#));
        }
        self.load("entry", index + №, |entry| entry.name == "first")
    }

`,
  cpp: `/* Finds the entry at the index, or makes a new one. */
template <typename T>
std::optional<Entry<T>> Store<T>::find№(size_t index, const std::map<std::string, std::vector<T>>& options) {
#ifdef STORE_CHECKED_№
  assert(index < 1'000'000);
#endif
  auto known = entries_.find("entry-" + std::to_string(index) + '-');
  if (known != entries_.end() && known->second.weight / 2 > 0x1F) return known->second; // still good
  for (const auto& [key, value] : options) {
    entries_.emplace(key, Entry<T>{key, value.size() * 1.5e3, R"(^[a-z]+/№$)"});
  }
  return load("entry", index + №, [](const Entry<T>& entry) { return entry.name == "first"; });
}

`,
  csharp: `    /// <summary>Finds the entry at the index, or makes a new one.</summary>
    public async Task<Entry?> Find№(int index, Dictionary<string, List<int>>? options = null)
    {
        if (entries.TryGetValue($"entry-{index}-{names["№"]}", out var known) && known.Weight / 2 > 0x1F)
            return known; // still good
        foreach (var (key, value) in options ?? new())
        {
            entries[key] = new Entry(key, value.Count * 1.5e3, @"^[a-z]+\\d""№$");
        }
        return await Load("entry", index + №, entry => entry.Name[0] == 'f');
    }

`,
  php: `    /** Finds the entry at the index, or makes a new one. */
    public function find№(int $index, ?array $options = null): ?Entry
    {
        $known = $this->entries["entry-{$index}-№"] ?? null;
        if ($known !== null && $known->weight / 2 > 0x1F) {
            return $known; // still good
        }
        foreach ($options ?? [] as $key => $value) {
            $this->entries[$key] = new Entry($key, $value * 1.5e3, '/^[a-z]+№$/');
        }
        return $this->load("entry", $index + №, fn (Entry $entry) => $entry->name === 'first');
    }

`,
  ruby: `  # Finds the entry at the index, or makes a new one.
  def find_№(index, options = {}, &block)
    known = @entries["entry-#{index}-#{names["№"]}"]
    return known if !known.nil? && known.weight / 2 > 0x1f && known.name =~ /^[a-z]+№$/i

    options.each do |key, value|
      @entries[key] ||= Entry.new(name: key, weight: value * 1.5e3, kinds: %w[first second])
    end
    load("entry", index + №) { |entry| entry.kind == :first || block.call(entry) }
  end

`,
  generic: `    /** Finds the entry at the index, or makes a new one. */
    suspend fun find№(index: Int, options: Map<String, List<Int>> = emptyMap()): Entry? {
        val known = entries["entry-$index-№"]
        if (known != null && known.weight / 2 > 0x1F) return known // still good
        for ((key, value) in options) {
            entries[key] = Entry(key, value.size * 1.5e3, """^[a-z]+"№$""")
        }
        return load("entry", index + №) { entry -> entry.name[0] == 'f' }
    }

`,
};

/** What stands before and behind the members. */
const frames: Readonly<Partial<Record<Language, readonly [string, string]>>> = {
  typescript: ["export class Store {\n  readonly #entries = new Map<string, Entry>();\n\n", "}\n"],
  java: ["public class Store {\n", "}\n"],
  python: ["class Store:\n", ""],
  go: ["package store\n\n", ""],
  rust: ["impl Store {\n", "}\n"],
  csharp: ["public class Store\n{\n", "}\n"],
  php: ["<?php\n\nclass Store\n{\n", "}\n"],
  ruby: ["class Store\n", "end\n"],
  generic: ["class Store {\n", "}\n"],
};

/** The languages that have a sample. */
export const sampled: readonly Language[] = Object.keys(members) as Language[];

/** A file of at least `lines` lines in one of the {№link sampled} languages; the same every time. */
export function createSource(language: Language, lines: number): string {
  const member = members[language] ?? "";
  const height = member.split("\n").length - 1;
  const copies = Array.from({ length: Math.ceil(lines / height) }, (_, copy) =>
    member.replaceAll("№", String(copy)),
  );
  const [before, after] = frames[language] ?? ["", ""];
  return before + copies.join("") + after;
}
