using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Cove.Volumes.Ciphers;

namespace Cove.Bench.Volumes;

/// <summary>
/// Reading a file of an encrypted volume through everything the sidecar puts in between, next to <c>dd</c> of the same file in the clear, to an image that is not
/// encrypted and otherwise read the same way, to what the kernel's own part of the way allows, and to the cipher alone. Images and plain file lie in memory, so that neither network nor disk is measured; what is
/// cached of the mounted volumes is dropped before each run. All take turns, and of each the best run counts: whatever else the machine does meets all alike.
/// </summary>
internal static class VolumeReading
{
    private const int Rounds = 10;
    private const int RandomReads = 4000;
    private const int RandomBytes = 4096;

    public static void Run()
    {
        var cipher = OpenSslSpeed.Aes256Xts();
        CipherAlone(cipher);
        if (!Environment.IsPrivilegedProcess || !Path.Exists("/dev/fuse"))
        {
            Console.WriteLine("  reading a mounted volume takes root and FUSE: not measured");
            return;
        }

        var folder = Directory.CreateDirectory(Path.Combine("/dev/shm", $"cove-bench-{Environment.ProcessId}")).FullName;
        try
        {
            ReadVolumes(folder, cipher);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void CipherAlone(double yardstick)
    {
        using var cipher = new XtsCipher(RandomNumberGenerator.GetBytes(64), 4096);
        var data = new byte[1024 * 1024];
        Rate.Measure(256L * data.Length, () =>
        {
            for (var i = 0; i < 256; i++) cipher.Encrypt(data, (ulong)i);
        }).Print("our AES-256-XTS encrypting, one thread", yardstick);
        Rate.Measure(256L * data.Length, () =>
        {
            for (var i = 0; i < 256; i++) cipher.Decrypt(data, (ulong)i);
        }).Print("our AES-256-XTS decrypting, one thread", yardstick);
    }

    private static void ReadVolumes(string folder, double cipher)
    {
        var image = Path.Combine(folder, "image");
        var plain = BenchVolume.WritePlain(folder, image);
        using var encrypted = BenchVolume.MountEncrypted(image, Path.Combine(folder, "encrypted-image"), Path.Combine(folder, "encrypted"));
        using var unencrypted = BenchVolume.MountPlain(image, Path.Combine(folder, "unencrypted"));
        using var unread = BenchVolume.MountUnread(image, Path.Combine(folder, "unread"));
        using var loop = BenchVolume.MountLoop(image, Path.Combine(folder, "loop"));
        var (file, through, direct, control, plainReads, volumeReads) = (0d, 0d, 0d, 0d, 0d, 0d);
        var (bound, directBound, loopBound) = (0d, 0d, 0d);
        for (var round = 0; round < Rounds; round++)
        {
            cipher = Math.Max(cipher, OpenSslSpeed.Aes256Xts());
            file = Math.Max(file, Sequential(plain, "bs=1M"));
            through = Math.Max(through, Sequential(encrypted.FilePath, "bs=1M"));
            direct = Math.Max(direct, Sequential(encrypted.FilePath, "bs=4M", "iflag=direct"));
            control = Math.Max(control, Sequential(unencrypted.FilePath, "bs=1M"));
            bound = Math.Max(bound, Sequential(unread.FilePath, "bs=1M"));
            directBound = Math.Max(directBound, Sequential(unread.FilePath, "bs=4M", "iflag=direct"));
            loopBound = Math.Max(loopBound, Sequential(loop.FilePath, "bs=1M"));
            plainReads = Math.Max(plainReads, Random(plain));
            volumeReads = Math.Max(volumeReads, Random(encrypted.FilePath));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  openssl speed -evp aes-256-xts, one core              {cipher,6:F0} MB/s"));
        Print("dd of the plain file, bs=1M", file, cipher, file);
        Print("dd of the file in the volume, bs=1M", through, cipher, file);
        Print("the same past the page cache, bs=4M", direct, cipher, file);
        Print("dd of the file in an image not encrypted, bs=1M", control, cipher, file);
        Console.WriteLine("  what the kernel's own part allows: requests answered with whatever is in memory, nothing read or decrypted");
        Print("dd of a file that nobody reads, bs=1M", bound, cipher, file);
        Print("the same past the page cache, bs=4M", directBound, cipher, file);
        Print("dd of the file in the image on a loop device, bs=1M", loopBound, cipher, file);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  of that bound the volume reaches {through / bound,5:F2}, past the page cache {direct / directBound,5:F2}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  random reads of 4096 bytes: plain {plainReads,9:F0}, in the volume {volumeReads,9:F0} a second  {volumeReads / plainReads,5:F2} of the plain file"));
    }

    private static void Print(string what, double rate, double cipher, double file) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"  {what,-52} {rate,6:F0} MB/s  {rate / cipher,5:F2} of openssl  {rate / file,5:F2} of the plain file"));

    /// <summary>In MB/s, from an empty page cache.</summary>
    private static double Sequential(string path, params string[] how)
    {
        DropCaches();
        var start = Stopwatch.GetTimestamp();
        using var dd = Process.Start(new ProcessStartInfo("dd", [$"if={path}", "of=/dev/null", "status=none", .. how]) { UseShellExecute = false })!;
        dd.WaitForExit();
        if (dd.ExitCode != 0) throw new InvalidOperationException($"dd of {path} failed");
        return BenchVolume.FileBytes / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
    }

    /// <summary>Reads a second, from an empty page cache.</summary>
    private static double Random(string path)
    {
        DropCaches();
        using var file = File.OpenHandle(path);
        var buffer = new byte[RandomBytes];
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < RandomReads; i++) RandomAccess.Read(file, buffer, RandomNumberGenerator.GetInt32(BenchVolume.FileBytes / RandomBytes) * (long)RandomBytes);
        return RandomReads / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void DropCaches()
    {
        using var sync = Process.Start("sync");
        sync.WaitForExit();
        File.WriteAllText("/proc/sys/vm/drop_caches", "1\n");
    }
}
