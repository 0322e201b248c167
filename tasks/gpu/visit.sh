#!/bin/sh
# Runs a script of the toolkit on a machine without network, from what `deno task pack-visit` put beside this file.
#
#     sh PACK/visit.sh tasks/gpu_proof.ts --backend webgpu --budget 500 --json proof.json
#
# It is started in the toolkit's folder. It unpacks once into VISIT_DIR, or into a new temporary folder.
set -eu
pack=$(cd "$(dirname "$0")" && pwd)
place=${VISIT_DIR:-$(mktemp -d)}
mkdir -p "$place/cache" "$place/home"

unpack() {
  if command -v xz >/dev/null 2>&1; then xz -dc "$1"; else
    python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$1"
  fi
}

if [ ! -x "$place/deno" ]; then
  unpack "$pack/cache.tar.xz" | tar -xf - -C "$place/cache"
  unpack "$pack/deno.xz" >"$place/deno.part"
  chmod +x "$place/deno.part"
  mv "$place/deno.part" "$place/deno"
fi

# The machine's own loader comes first; the one that was carried is for machines that have none.
if [ -d "$pack/lib" ] && ! ldconfig -p 2>/dev/null | grep -q libvulkan.so.1; then
  LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$pack/lib"
  export LD_LIBRARY_PATH
fi

# A driver that was mounted into a container often lies outside the folders that the loader searches.
if [ -z "${VK_DRIVER_FILES:-}" ] &&
  ! ls /usr/share/vulkan/icd.d/nvidia* /etc/vulkan/icd.d/nvidia* >/dev/null 2>&1; then
  found=$(ls /usr/local/nvidia/share/vulkan/icd.d/nvidia*.json /usr/lib/*/nvidia/vulkan/*.json 2>/dev/null | head -n 1)
  # The usual driver file asks for X11's libraries, which servers lack; the one of EGL does not.
  if [ -n "$found" ] && ! ldconfig -p 2>/dev/null | grep -q libX11.so.6; then
    sed 's/libGLX_nvidia/libEGL_nvidia/' "$found" >"$place/nvidia_icd.json"
    found=$place/nvidia_icd.json
  fi
  if [ -n "$found" ]; then
    VK_DRIVER_FILES=$found
    export VK_DRIVER_FILES
  fi
fi

HOME="$place/home" DENO_DIR="$place/cache" DENO_NO_UPDATE_CHECK=1 PUPPET_CNN_OFFLINE=1
XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-$place/home}
export HOME DENO_DIR DENO_NO_UPDATE_CHECK PUPPET_CNN_OFFLINE XDG_RUNTIME_DIR
exec "$place/deno" run --cached-only --no-check --allow-all "$@"
