using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Cove.Outcomes;
using Cove.Protocol.Messages;

namespace Cove.Agent.Mounts;

/// <summary>The hard checks of container-policy §4.3, which no policy can loosen.</summary>
internal static class Checked
{
    private const string Section = "container-policy §4.3";
    private const string LettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int IdLength = 64;
    private const int LongestHostname = 255;
    private const int LongestVolumeName = 63;
    private const int LongestFileName = 255;
    private const int LongestPath = 512;
    private const int LeastMtu = 576;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> Octal = SearchValues.Create("01234567");
    private static readonly SearchValues<char> HostnameForm = SearchValues.Create(LettersAndDigits + "_-.");
    private static readonly SearchValues<char> ResolverForm = SearchValues.Create(LettersAndDigits + "_-.:");
    private static readonly SearchValues<char> VolumeForm = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> PathForm = SearchValues.Create(LettersAndDigits + "_-./");

    public static string Id(string field, string value) => value.Length == IdLength && Only(Hex, value)
        ? value
        : throw new MalformedException(Section, field, "is not 64 lower-case hex digits");

    public static void LayerOptions(MountDeviceRequest request)
    {
        if (request.Options is not ["ro"]) throw new MalformedException(Section, "options", "are not exactly [\"ro\"]");
        if (request.Filesystem is not ("" or "ext4")) throw new MalformedException(Section, "filesystem", "is neither empty nor ext4");
        GuestPath("target", request.Target);
    }

    public static void OverlayPaths(MountOverlayRequest request, string sandboxId)
    {
        Id("containerId", request.ContainerId);
        if (request.Target != GuestPaths.Rootfs(request.ContainerId))
            throw new MalformedException(Section, "target", "is not the container's rootfs folder");
        if (request.ScratchPath != GuestPaths.Scratch(sandboxId, request.ContainerId))
            throw new MalformedException(Section, "scratchPath", "is not the container's scratch folder");
        foreach (var layer in request.Layers) GuestPath("layers", layer);
    }

    public static void Sandbox(CreateSandboxRequest request)
    {
        Id("sandboxId", request.SandboxId);
        if (request.Hostname.Length > LongestHostname || !Only(HostnameForm, request.Hostname))
            throw new MalformedException(Section, "hostname", "has other characters than A-Z a-z 0-9 _ - .");
        if (request.Network is { } network) Network(network);
        if (request.Searches?.Count > 6) throw new MalformedException(Section, "searches", "are more than six");
        foreach (var word in (request.Searches ?? []).Concat(request.NameServers ?? []).Concat(request.ResolverOptions ?? []))
        {
            if (word.Length is 0 or > LongestHostname || !Only(ResolverForm, word))
                throw new MalformedException(Section, "resolver", "has a word with other characters than A-Z a-z 0-9 _ - . :");
        }
    }

    private static void Network(SandboxNetwork network)
    {
        foreach (var address in (string?[])[network.Address, network.Gateway])
        {
            if (address is not null && (!IPAddress.TryParse(address, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetwork || parsed.ToString() != address))
                throw new MalformedException(Section, "network", "has an address that is not an IPv4 address");
        }

        if (network.PrefixLength is < 0 or > 32) throw new MalformedException(Section, "network.prefixLength", "is not 0 to 32");
        if (network.Mtu is < LeastMtu or > ushort.MaxValue) throw new MalformedException(Section, "network.mtu", $"is not {LeastMtu} to {ushort.MaxValue}");
    }

    public static string VolumeName(string name) =>
        name.Length is > 0 and <= LongestVolumeName && Only(VolumeForm, name)
            ? name
            : throw new MalformedException("volume", "name", "is not lower-case letters, digits and hyphens, at most 63");

    public static string FileName(string name) =>
        name.Length is > 0 and <= LongestFileName && name is not ("." or "..") && !name.AsSpan().ContainsAny('/', '\0')
            ? name
            : throw new MalformedException("volume", "file name", "is not a plain file name");

    public static int Signal(int signal) =>
        signal is > 0 and < 65 ? signal : throw new MalformedException("signal", "number", $"{signal} is not 1 to 64");

    /// <summary>An absolute path of the guest with nothing in it that a mount option or a parent folder could be made of.</summary>
    public static string GuestPath(string field, string path) =>
        path.Length is > 1 and <= LongestPath && path[0] == '/' && Only(PathForm, path) && !path[1..].Split('/').Any(part => part is "" or "." or "..")
            ? path
            : throw new MalformedException(Section, field, "is not a plain absolute path");

    public static string Umask(string umask) =>
        umask.Length == 4 && Only(Octal, umask) ? umask : throw new MalformedException("process", "umask", "is not four octal digits");

    private static bool Only(SearchValues<char> allowed, string value) => !value.AsSpan().ContainsAnyExcept(allowed);
}
