/** Whether the command key stands where others have Ctrl. */
export function onMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}
