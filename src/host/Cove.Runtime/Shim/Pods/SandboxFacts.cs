using System.Security.Cryptography;
using System.Text;
using Cove.Protocol.Messages;
using Cove.Runtime.Network;

namespace Cove.Runtime.Shim.Pods;

/// <summary>What a sandbox's bundle says of the pod's names: the hostname, and the resolver's file that containerd wrote for it.</summary>
internal static class SandboxFacts
{
    private const int IdLength = 64;

    public static CreateSandboxRequest Of(OciBundle pod, string sandbox)
    {
        var resolver = ResolverFile.Read(pod.Mounts.FirstOrDefault(mount => mount.Destination == "/etc/resolv.conf")?.Source);
        return new CreateSandboxRequest(sandbox, pod.Hostname, resolver.NameServers, resolver.Searches, resolver.Options);
    }

    /// <summary>An id as guests have them: CRI's own have that form, others are hashed.</summary>
    public static string GuestId(string id) => id.Length == IdLength && id.All(char.IsAsciiHexDigitLower) ? id : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}
