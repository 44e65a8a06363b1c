using System.Security.Cryptography;
using System.Text;
using Cove.Protocol.Messages;

namespace Cove.Runtime.Shim.Pods;

/// <summary>What a sandbox's bundle says of the pod's names: the hostname, and the resolver's file that containerd wrote for it.</summary>
internal static class SandboxFacts
{
    private const int MaxResolverFile = 64 * 1024;
    private const int IdLength = 64;

    public static CreateSandboxRequest Of(OciBundle pod, string sandbox)
    {
        var file = pod.Mounts.FirstOrDefault(mount => mount.Destination == "/etc/resolv.conf")?.Source;
        var words = file is not null && File.Exists(file) && new FileInfo(file).Length <= MaxResolverFile
            ? File.ReadLines(file).Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)).Where(line => line.Length > 1).ToList()
            : [];
        return new CreateSandboxRequest(sandbox, pod.Hostname, Of("nameserver"), Of("search"), Of("options"));

        IReadOnlyList<string> Of(string keyword) => [.. words.Where(line => line[0] == keyword).SelectMany(line => line.Skip(1))];
    }

    /// <summary>An id as guests have them: CRI's own have that form, others are hashed.</summary>
    public static string GuestId(string id) => id.Length == IdLength && id.All(char.IsAsciiHexDigitLower) ? id : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}
