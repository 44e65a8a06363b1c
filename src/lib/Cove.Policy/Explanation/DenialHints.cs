using System.Collections.Frozen;

namespace Cove.Policy.Explanation;

/// <summary>What usually lies behind the framework's sentences, and what to do (spec §2.8). For denials of any guest, not only ours.</summary>
public static class DenialHints
{
    private static readonly FrozenDictionary<string, string> Hints = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["deviceHash not found"] = "the image is not the one that the policy was made for: pin it by digest and generate the policy again",
        ["no matching containers for overlay"] = "no container of the policy has exactly these layers in this order: generate the policy again from this image",
        ["invalid command"] = "the command line differs from the policy's: check the template's command and the image's entry point",
        ["invalid env list"] = "no single container of the policy knows all these variables: compare with its env_rules",
        ["missing required environment variable"] = "a variable that the policy requires is not given",
        ["invalid working directory"] = "the working directory differs from the policy's: the image changed, or the template",
        ["invalid mount list"] = "a mount is not in the policy: its place, source, type and options must all fit",
        ["invalid user"] = "user, group or umask differ from the policy's",
        ["invalid seccomp"] = "the seccomp profile is not the one that the policy names by its digest",
        ["invalid noNewPrivileges"] = "the policy requires a container that cannot gain privilege",
        ["privileged escalation not allowed"] = "the container asks for privilege and the policy does not allow it",
        ["capabilities don't match"] = "the capabilities are not those of the policy: all five sets must fit",
        ["containers only distinguishable by capabilties"] = "two containers of the policy fit equally well and differ in their capabilities: make them differ in something else",
        ["containers only distinguishable by allow_stdio_access"] = "two containers of the policy fit equally well and differ in allow_stdio_access: make them alike",
        ["container not started"] = "the container was not created, or its creation was denied before",
        ["container already started"] = "an identifier serves one container only: the host must use a new one",
        ["target isn't allowed to receive the signal"] = "the signal is not listed for this process: add it to signals, or to the exec process",
        ["devices not supported"] = "no policy can allow devices of the host",
        ["unencrypted scratch not allowed"] = "scratch space must be encrypted, or the policy say allow_unencrypted_scratch",
        ["framework_version is missing. Current version"] = "add framework_version to the policy",
        ["framework_version is ahead of the current version"] = "the guest is older than the policy: lower framework_version, or use a newer guest",
        ["invalid fragment issuer"] = "the policy imports nothing of this issuer",
        ["invalid fragment feed"] = "the policy imports other fragments of this issuer, not this one",
        ["fragment svn is below the specified minimum"] = "the fragment is older than the policy accepts: load a newer one",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What to do about one of the framework's sentences; null for a sentence that is not known.</summary>
    public static string? For(string error) =>
        Hints.TryGetValue(error, out var hint) ? hint
        : error.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && Hints.TryGetValue(error[..colon], out hint) ? hint
        : error.IndexOf(',', StringComparison.Ordinal) is > 0 and var comma && Hints.TryGetValue(error[..comma], out hint) ? hint
        : null;
}
