/** A drop zone over the whole page: reports when files hover, and hands over those that are dropped. */

export function wholePageDrop(over: (hovering: boolean) => void, drop: (files: File[]) => void): () => void {
  let depth = 0; // dragenter and dragleave come in pairs for every element passed
  const carriesFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  const enter = (event: DragEvent): void => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    if (++depth === 1) over(true);
  };
  const move = (event: DragEvent): void => {
    if (carriesFile(event)) event.preventDefault();
  };
  const leave = (event: DragEvent): void => {
    if (carriesFile(event) && --depth <= 0) {
      depth = 0;
      over(false);
    }
  };
  const dropped = (event: DragEvent): void => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    depth = 0;
    over(false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length) drop(files);
  };
  addEventListener("dragenter", enter);
  addEventListener("dragover", move);
  addEventListener("dragleave", leave);
  addEventListener("drop", dropped);
  return () => {
    removeEventListener("dragenter", enter);
    removeEventListener("dragover", move);
    removeEventListener("dragleave", leave);
    removeEventListener("drop", dropped);
  };
}
