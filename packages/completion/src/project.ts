import { AttachedSegment } from "./neighbours.ts";
import { Scratch } from "./predictor.ts";
import { Readings } from "./readings.ts";
import { mergeSegments, type Segment } from "./segment.ts";
import { Vocabulary } from "./vocabulary.ts";

/**
 * The index of one project: segments, newest last, kept like a log-structured store. A file lives in the newest segment that
 * holds it; older copies are hidden, and `compact` leaves them behind.
 */
export class Project {
  /** Numbers of all words the project and its open documents use. @internal */
  readonly vocabulary: Vocabulary = new Vocabulary();
  /** What was last read of each open document. @internal */
  readonly readings: Readings = new Readings(this.vocabulary);
  /** Memory lent to one search at a time. @internal */
  readonly scratch: Scratch = new Scratch();
  readonly #attached: AttachedSegment[] = [];
  readonly #homes = new Map<string, { attached: AttachedSegment; fileIndex: number }>();
  readonly #liveFiles = new Map<AttachedSegment, number>();
  #tokenCount = 0;

  /** The segments in use; the search reads them, nobody changes them. @internal */
  get attached(): readonly AttachedSegment[] {
    return this.#attached;
  }

  /** Tokens of all live files. */
  get tokenCount(): number {
    return this.#tokenCount;
  }

  /** How many segments are in use; many small ones are a reason to `compact`. */
  get segmentCount(): number {
    return this.#attached.length;
  }

  /** Adds a segment, whose paths are distinct; files it holds replace older versions of themselves. */
  attach(segment: Segment): void {
    for (const { path } of segment.files) this.hide(path);
    if (segment.files.length === 0) return;
    const attached = new AttachedSegment(segment, this.vocabulary);
    this.#attached.push(attached);
    this.#liveFiles.set(attached, segment.files.length);
    segment.files.forEach((file, fileIndex) => {
      this.#homes.set(file.path, { attached, fileIndex });
      this.#tokenCount += file.length;
    });
  }

  /** Takes a file out of the index. Unknown paths are ignored. */
  hide(path: string): void {
    const home = this.#homes.get(path);
    if (home === undefined) return;
    const file = home.attached.segment.files[home.fileIndex];
    if (file === undefined) return;
    home.attached.hide(file.start, file.length);
    this.#homes.delete(path);
    this.#tokenCount -= file.length;
    const liveFiles = (this.#liveFiles.get(home.attached) ?? 0) - 1;
    this.#liveFiles.set(home.attached, liveFiles);
    if (liveFiles === 0) {
      this.#liveFiles.delete(home.attached);
      this.#attached.splice(this.#attached.indexOf(home.attached), 1);
    }
  }

  /** The stamp of every live file by path. */
  stamps(): ReadonlyMap<string, string> {
    const stamps = new Map<string, string>();
    for (const [path, { attached, fileIndex }] of this.#homes) {
      stamps.set(path, attached.segment.files[fileIndex]?.stamp ?? "");
    }
    return stamps;
  }

  /** All live files in one new segment; attach it to a new project to be rid of the dead ones. */
  compact(): Segment {
    return mergeSegments(
      this.#attached.map((attached) => attached.segment),
      (segment, file) => {
        const home = this.#homes.get(file.path);
        return home?.attached.segment === segment && segment.files[home.fileIndex] === file;
      },
    );
  }
}
