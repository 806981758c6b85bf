/** The generated types of the manifest as the page holds them once they are checked. */

/** `sample_rate` is `sampleRate`. */
type Camel<Key extends string> = Key extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Key;

/** Keys in camel case, all of them there (null says that nothing is known), and nothing to be changed. */
export type Parsed<T> = T extends readonly (infer Item)[]
  ? readonly Parsed<Item>[]
  : T extends object
    ? { readonly [Key in keyof T & string as Camel<Key>]-?: Parsed<Exclude<T[Key], undefined>> }
    : T;

/** A parsed entry some of whose fields have a default where the manifest says nothing. */
export type Filled<T, Key extends keyof T> = Omit<T, Key> & { readonly [K in Key]: NonNullable<T[K]> };
