using System.Security.Cryptography;
using Cove.Guest.Attesters;
using Cove.Protocol.Messages;

namespace Cove.Agent.Sandboxes;

/// <summary>
/// The folder in a container's root that tells its programs what they run under (container-policy §4.6). It and the variable that names it
/// are the guest's additions, after the policy has decided, so no policy lists them.
/// </summary>
internal static class SecurityContextFolder
{
    public const string Variable = "UVM_SECURITY_CONTEXT_DIR";

    private const UnixFileMode FolderMode = (UnixFileMode)0b111_101_101;
    private const UnixFileMode FileMode = (UnixFileMode)0b110_100_100;

    /// <summary>Writes the folder and returns its path in the container.</summary>
    /// <param name="rootfs">The container's root.</param>
    /// <param name="policyBase64">The policy as it was set.</param>
    /// <param name="context">What the host sent along; nothing of it decides which processor the container asks.</param>
    /// <param name="infos">Signed statements on the host's firmware and platform that the guest was given.</param>
    /// <param name="simulated">Whether this agent was launched on a simulated processor.</param>
    public static string Write(string rootfs, string policyBase64, SecurityContext? context, (string Tcb, string Platform) infos, bool simulated)
    {
        var path = $"/security-context-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var folder = rootfs + path;
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, FolderMode);
        WriteFile("security-policy-base64", policyBase64);
        WriteFile("host-amd-cert-base64", context?.HostAmdCertificate);
        WriteFile("reference-info-base64", context?.ReferenceInfo);
        WriteFile("transparent-reference-info-base64", context?.TransparentReferenceInfo);
        WriteFile("tcb-reference-info-base64", infos.Tcb);
        WriteFile("platform-reference-info-base64", infos.Platform);
        WriteFile(LaunchFact.FileName, simulated ? LaunchFact.Simulated + "\n" : null);
        return path;

        void WriteFile(string name, string? content)
        {
            if (string.IsNullOrEmpty(content)) return;
            File.WriteAllText(Path.Combine(folder, name), content);
            File.SetUnixFileMode(Path.Combine(folder, name), FileMode);
        }
    }
}
