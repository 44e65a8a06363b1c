using System.Security.Cryptography;
using System.Text;

namespace Cove.Runtime.Launch;

/// <summary>
/// The control group that an agent makes its containers' groups in, where it is a process of this host. It removes them at its end; what an agent
/// leaves that was killed is removed here.
/// </summary>
internal static class ControlGroup
{
    private const string Root = "/sys/fs/cgroup";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Its path below each hierarchy, one for each group's folder.</summary>
    public static string Of(string folder) => $"/cove/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..16]}";

    /// <summary>Removes what is left of it. The kernel takes a moment to reap what ran in it.</summary>
    public static async Task RemoveAsync(string path, TimeProvider time)
    {
        for (var began = time.GetTimestamp(); Remains(path) is { Count: > 0 } remains && time.GetElapsedTime(began) < Patience; await Task.Delay(Pause, time))
        {
            foreach (var folder in remains) TryDelete(folder);
        }
    }

    /// <summary>Its folders in every hierarchy, the inner ones first.</summary>
    private static List<string> Remains(string path) => !Directory.Exists(Root) ? [] :
    [
        .. Directory.GetDirectories(Root).Append(Root).Select(hierarchy => hierarchy + path).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetDirectories(folder, "*", SearchOption.AllDirectories).OrderByDescending(inner => inner.Length).Append(folder)),
    ];

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception used) when (used is IOException or UnauthorizedAccessException)
        {
            // Something has not ended in it yet: once more in a moment.
        }
    }
}
