/**
 * Whether Deno has granted a permission; asks the user nothing.
 *
 * @param descriptor - what is to be allowed, as for `Deno.permissions.query`.
 * @returns `true` where the action needs no further question.
 */
export async function isGranted(descriptor: Deno.PermissionDescriptor): Promise<boolean> {
  return (await Deno.permissions.query(descriptor)).state === "granted";
}
