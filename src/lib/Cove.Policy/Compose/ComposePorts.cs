using System.Globalization;
using System.Net;
using Cove.Outcomes;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Policy.Compose;

/// <summary>Reads a service's <c>ports</c>, short (<c>[ADDRESS:][HOST:]CONTAINER[/PROTOCOL]</c>, with ranges) and long. They do not reach the policy.</summary>
internal static class ComposePorts
{
    private const int MostPorts = 1024;

    internal static IReadOnlyList<GroupPort> Read(ArmFields fields)
    {
        var ports = new List<GroupPort>();
        foreach (var (item, i) in (fields.Source["ports"] as ArmArray)?.Items.Select((item, i) => (item, i)) ?? [])
        {
            var path = $"{fields.At("ports")}[{i}]";
            ports.AddRange(item switch
            {
                ArmText text => Short(text.Value, path),
                ArmNumber number => Short(number.ToString(), path),
                ArmObject obj => Long(new ArmFields(obj, path, ComposeFile.Format)),
                _ => throw Wrong(path, item.Kind),
            });
            if (ports.Count > MostPorts) throw new MalformedException(ComposeFile.Format, fields.At("ports"), $"are more than {MostPorts}");
        }

        return ports;
    }

    private static IEnumerable<GroupPort> Short(string text, string path)
    {
        var cut = text.IndexOf('/', StringComparison.Ordinal);
        var protocol = cut < 0 ? "TCP" : Protocol(text[(cut + 1)..], path);

        // An IPv6 address has colons of its own, and so stands in brackets.
        var words = cut < 0 ? text : text[..cut];
        var address = words.StartsWith('[') && words.IndexOf("]:", StringComparison.Ordinal) is > 0 and var close ? words[..(close + 1)] : null;
        string[] parts = address is null ? words.Split(':') : [address, .. words[(address.Length + 1)..].Split(':')];
        return parts switch
        {
            [var inside] => Pairs(null, null, inside, protocol, path, text),
            [var outside, var inside] => Pairs(null, outside, inside, protocol, path, text),
            [var on, var outside, var inside] => Pairs(Address(on, path), outside, inside, protocol, path, text),
            _ => throw Wrong(path, text),
        };
    }

    private static IEnumerable<GroupPort> Long(ArmFields port) => Pairs(
        port.Text("host_ip") is { Length: > 0 } address ? Address(address, port.At("host_ip")) : null,
        port.Text("published"), port.RequiredText("target"), Protocol(port.Text("protocol") ?? "tcp", port.At("protocol")), port.Path, port.Path);

    private static IEnumerable<GroupPort> Pairs(string? address, string? outside, string inside, string protocol, string path, string shown)
    {
        var (first, last) = Range(inside, path, shown);
        if (string.IsNullOrEmpty(outside)) return Enumerable.Range(first, last - first + 1).Select(port => new GroupPort(port, protocol) { HostAddress = address });
        var (from, to) = Range(outside, path, shown);
        if (to - from != last - first) throw Wrong(path, shown);
        return Enumerable.Range(0, last - first + 1).Select(i => new GroupPort(first + i, protocol) { HostPort = from + i, HostAddress = address });
    }

    private static (int First, int Last) Range(string text, string path, string shown)
    {
        var ends = text.Split('-', 2).Select(end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue
            ? port
            : throw Wrong(path, shown)).ToArray();
        return ends[^1] >= ends[0] && ends[^1] - ends[0] < MostPorts ? (ends[0], ends[^1]) : throw Wrong(path, shown);
    }

    private static string Address(string text, string path) =>
        IPAddress.TryParse(text, out var address) ? address.ToString() : throw new MalformedException(ComposeFile.Format, path, $"has '{text}', which is no address");

    private static string Protocol(string text, string path) => text.ToUpperInvariant() switch
    {
        "TCP" => "TCP",
        "UDP" => "UDP",
        _ => throw new MalformedException(ComposeFile.Format, path, $"has the protocol '{text}', expected tcp or udp"),
    };

    private static MalformedException Wrong(string path, string shown) =>
        new(ComposeFile.Format, path, $"is '{shown}', expected PORT, HOST:PORT or ADDRESS:HOST:PORT, each a number or as many numbers as the other (8000-8010)");
}
