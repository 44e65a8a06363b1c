using System.Text;
using System.Text.Json;

namespace Cove.Tests.Flow;

/// <summary>A project whose one container reads a large file piece by piece, and says of each whether it could.</summary>
internal sealed class ReaderProject : IDisposable
{
    /// <summary>What a piece holds after <see cref="Alter"/>.</summary>
    public const string Altered = "altered by the host";

    /// <summary>What the container answers on its port, which is published at a port of the host's choice.</summary>
    public const string Greeting = "from inside";

    private const int Port = 8080;
    private const int Piece = 64 * 1024;
    private const int Pieces = 120;
    private static readonly byte[] Mark = Encoding.ASCII.GetBytes("as its owner packed it");

    public ReaderProject()
    {
        var app = Directory.CreateDirectory(Path.Combine(Folder, "app")).FullName;
        var content = new byte[Piece * Pieces];
        for (var at = 0; at < content.Length; at += Piece) Mark.CopyTo(content, at);
        File.WriteAllBytes(Path.Combine(app, "pieces"), content);
        File.WriteAllText(Path.Combine(app, "greeting"), Greeting);
        File.WriteAllText(
            Path.Combine(app, "read"),
            $"""
            #!/bin/sh
            httpd -p {Port} -h /
            n=1
            while [ $n -lt {Pieces} ]; do
              if text=$(dd if=/pieces bs={Piece} skip=$n count=1 2>/dev/null | head -c {Mark.Length}) && [ -n "$text" ]; then echo "piece $n ok: $text"; else echo "piece $n failed"; fi
              n=$((n + 1))
              sleep 1
            done
            """.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(Path.Combine(app, "read"), (UnixFileMode)0b111_101_101);
        File.WriteAllText(Path.Combine(Folder, "cove.json"), """{ "template": "compose.yaml", "images": { "reader:1": { "directory": "app", "programs": [ "busybox" ], "env": [ "PATH=/bin" ] } } }""");
        File.WriteAllText(Path.Combine(Folder, "compose.yaml"), "services:\n  reader:\n    image: reader:1\n    command: [ \"/bin/sh\", \"/read\" ]\n    ports: [ \"127.0.0.1::8080\" ]\n");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("cove-reader-").FullName;

    /// <summary>Where its group is in a state folder, in which other tests may have left groups of theirs.</summary>
    public string GroupIn(string home) => Path.Combine(home, "groups", Path.GetFileName(Folder).ToLowerInvariant());

    /// <summary>Overwrites the beginning of each piece but the first few, wherever it lies in these files.</summary>
    public void Alter(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            var bytes = File.ReadAllBytes(file);
            var found = 0;
            for (var at = bytes.AsSpan().IndexOf(Mark); at >= 0;)
            {
                if (++found > 3) Write(file, at);
                var next = bytes.AsSpan(at + 1).IndexOf(Mark);
                at = next < 0 ? -1 : at + 1 + next;
            }
        }
    }

    /// <summary>Asks the container for its greeting through the port of the host that leads to it.</summary>
    public static async Task<string> GreetAsync(JsonElement state)
    {
        var port = Assert.Single(state.GetProperty("ports").EnumerateArray());
        Assert.Equal(Port, port.GetProperty("groupPort").GetInt32());
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await client.GetStringAsync(new Uri($"http://{port.GetProperty("address").GetString()}:{port.GetProperty("port").GetInt32()}/greeting"));
            }
            catch (Exception early) when (early is HttpRequestException or TaskCanceledException && tries < 100)
            {
                await Task.Delay(200, TestContext.Current.CancellationToken);
            }
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void Write(string path, long at)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = at;
        file.Write(Encoding.ASCII.GetBytes(Altered));
    }
}
