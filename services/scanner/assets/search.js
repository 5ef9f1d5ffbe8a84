// Finding a guest without a code.

/** Puts the search into its section. */
export function mountSearch() {}
