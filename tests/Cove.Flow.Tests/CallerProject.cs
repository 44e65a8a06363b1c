using System.Net;
using Cove.Tests.Network;

namespace Cove.Tests.Flow;

/// <summary>A project whose one container calls a server by its name, and then whom it should not reach.</summary>
internal sealed class CallerProject : IDisposable
{
    public CallerProject(params IPAddress[] refused)
    {
        var app = Directory.CreateDirectory(Path.Combine(Folder, "app")).FullName;
        File.WriteAllText(
            Path.Combine(app, "call"),
            $"""
            #!/bin/sh
            grep nameserver /etc/resolv.conf
            address=$(nslookup {OutsideWorld.Name} | sed -n 's/^Address: \([0-9.]*\)$/\1/p')
            echo "{OutsideWorld.Name} is $address"
            wget -q -O - http://$address:{OutsideWorld.Port}/
            for address in {string.Join(' ', refused.Select(address => address.ToString()))}; do
              if wget -q -O - http://$address:{OutsideWorld.Port}/ >/dev/null 2>&1; then echo "$address answers"; else echo "$address does not"; fi
            done

            """.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(Path.Combine(app, "call"), (UnixFileMode)0b111_101_101);
        File.WriteAllText(Path.Combine(Folder, "cove.json"), """{ "template": "compose.yaml", "images": { "caller:1": { "directory": "app", "programs": [ "busybox" ], "env": [ "PATH=/bin" ] } } }""");
        File.WriteAllText(Path.Combine(Folder, "compose.yaml"), "services:\n  caller:\n    image: caller:1\n    command: [ \"/bin/sh\", \"/call\" ]\n");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("cove-caller-").FullName;

    /// <summary>What the container prints where the network is as it should be.</summary>
    public static string Expected(params IPAddress[] refused) =>
        $"nameserver {OutsideWorld.Server}\n{OutsideWorld.Name} is {OutsideWorld.Server}\nasked by {OutsideWorld.HostAddress}\n"
        + string.Concat(refused.Select(address => $"{address} does not\n"));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
