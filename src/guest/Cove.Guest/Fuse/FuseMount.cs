using Cove.Guest.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Fuse;

/// <summary>
/// A FUSE file system with one file, <c>data</c>, served by threads of this process. It is mounted with mount(2) alone, so no helper program is needed, and root is.
/// </summary>
public sealed class FuseMount : IDisposable
{
    private const string Device = "/dev/fuse";
    private const uint DeviceMajor = 10;
    private const uint DeviceMinor = 229;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SafeFileHandle device;
    private readonly string target;
    private readonly List<Thread> threads = [];
    private bool unmounted;

    private FuseMount(SafeFileHandle device, string target) => (this.device, this.target) = (device, target);

    /// <summary>The path of the file.</summary>
    public string FilePath => Path.Combine(target, FuseFolder.FileName);

    /// <summary>Mounts on a folder that exists.</summary>
    /// <param name="target">The folder.</param>
    /// <param name="file">What it shows.</param>
    /// <param name="threads">How many requests are answered at once.</param>
    /// <exception cref="LinuxException">The kernel has no FUSE, or this process may not mount.</exception>
    public static FuseMount Create(string target, FuseFile file, int threads)
    {
        DeviceNode.Ensure(Device, DeviceNode.Character, DeviceMajor, DeviceMinor);
        var device = new SafeFileHandle(LinuxException.Check(Libc.Open(Device, Libc.OpenReadWrite | Libc.OpenCloseOnExec), $"open {Device}"), ownsHandle: true);
        try
        {
            var descriptor = device.DangerousGetHandle().ToInt32();
            var flags = Libc.MountNoSuid | Libc.MountNoDev | (file.IsWritable ? 0 : Libc.MountReadOnly);
            LinuxException.Check(
                Libc.Mount("azure_filesystem", target, "fuse.azurefs", flags, $"fd={descriptor},rootmode=40000,user_id=0,group_id=0"), $"mount fuse on {target}");
            var mount = new FuseMount(device, target);
            mount.Start(descriptor, file, threads);
            return mount;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Unmounts, and waits for the threads, which end when nobody has the file open any more. Whoever keeps it open, such as a loop device that is still
    /// mounted elsewhere, is served until this process ends.
    /// </summary>
    public void Dispose()
    {
        if (unmounted) return;
        unmounted = true;
        _ = Libc.Unmount(target, Libc.UnmountDetach);
        if (threads.All(thread => thread.Join(Patience))) device.Dispose();
    }

    private void Start(int descriptor, FuseFile file, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var session = new FuseSession(descriptor, file);
            var thread = new Thread(() => Run(session, file)) { IsBackground = true, Name = "fuse" };
            thread.Start();
            threads.Add(thread);
        }
    }

    private static void Run(FuseSession session, FuseFile file)
    {
        try
        {
            session.Run();
        }
        catch (LinuxException failed)
        {
            file.Failed(failed);
        }
    }
}
