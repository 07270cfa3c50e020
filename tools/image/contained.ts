import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';

/** The user of the image, as the Dockerfile says it. */
export const IMAGE_USER = '1000:1000';

/** What a process is contained in. */
export interface Container {
  /** Holds what the image adds to its base: `app` below it. */
  imageRoot: string;
  /** An empty folder, over which each process gets a root of its own. */
  mountPoint: string;
  workdir: string;
  user: string;
}

/**
 * Makes a root that nothing can be written to, in a mount namespace of its own: of this machine its programs and
 * libraries, of the image its folder. Then drops root, every capability and the way back to them, as a container engine
 * does with `--read-only --cap-drop ALL --security-opt no-new-privileges`. There is no /tmp, and of /dev what programs
 * take for granted.
 */
const CONTAIN = `
set -e
root=$1; image=$2; node=$3; workdir=$4; user=$5; shift 5
mount -t tmpfs -o mode=755,size=1m hookstile-root "$root"
for folder in usr etc bin sbin lib lib64; do
  if [ -L "/$folder" ]; then ln -s "$(readlink "/$folder")" "$root/$folder"
  elif [ -d "/$folder" ]; then
    mkdir "$root/$folder"
    mount --bind "/$folder" "$root/$folder"
    mount -o remount,bind,ro,nosuid,nodev "$root/$folder"
  fi
done
mkdir "$root/app" "$root/proc" "$root/dev" "$root/opt"
mount --bind "$image/app" "$root/app"
mount -o remount,bind,ro,nosuid,nodev "$root/app"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
for device in null zero random urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
: > "$root/opt/node"
mount --bind "$node" "$root/opt/node"
mount -o remount,bind,ro,nosuid,nodev "$root/opt/node"
mount -o remount,ro "$root"
chroot=$(PATH=/usr/sbin:/sbin:/usr/bin:/bin command -v chroot)
cd "$root"
exec "$chroot" "$root" setpriv --reuid="\${user%:*}" --regid="\${user#*:}" --clear-groups --no-new-privs --inh-caps=-all \\
  --bounding-set=-all env --chdir="$workdir" "$@"
`;

const TRY =
  'mount -t tmpfs try /tmp && mkdir /tmp/a && mount -t proc proc /tmp/a && mount --bind /usr /tmp/a && setpriv --version';

/** Only root may mount, and not everywhere: what a container is made of is tried out. */
export function canContain(): boolean {
  const tried = ['--mount', '--propagation', 'private', 'sh', '-c', TRY];
  return process.getuid?.() === 0 && spawnSync('unshare', tried).status === 0;
}

/** The command line that runs another one contained; it keeps the process id, so that signals arrive. */
export function containedCommand(
  { imageRoot, mountPoint, workdir, user }: Container,
  command: readonly string[],
): string[] {
  const node = realpathSync(process.execPath);
  const own = ['sh', '-c', CONTAIN, 'sh', mountPoint, imageRoot, node, workdir, user];
  return ['unshare', '--mount', '--propagation', 'private', '--', ...own, ...command];
}

/** What a contained process finds its programs by. */
export const CONTAINED_PATH = '/opt:/usr/bin:/bin';
