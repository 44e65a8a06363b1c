namespace Cove.Runtime.Network;

/// <summary>What a resolver's file says, resolv.conf(5).</summary>
/// <param name="NameServers">Addresses of name servers.</param>
/// <param name="Searches">Search domains: the last line counts.</param>
/// <param name="Options">Words of the options lines.</param>
internal sealed record ResolverFile(IReadOnlyList<string> NameServers, IReadOnlyList<string> Searches, IReadOnlyList<string> Options)
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>Reads one; nothing is said by a file that is not there, or too long to be one.</summary>
    public static ResolverFile Read(string? path) => Parse(path is not null && File.Exists(path) && new FileInfo(path).Length <= MaxBytes ? File.ReadLines(path) : []);

    public static ResolverFile Parse(IEnumerable<string> lines)
    {
        var (servers, searches, options) = (new List<string>(), (IReadOnlyList<string>)[], new List<string>());
        foreach (var line in lines)
        {
            switch (line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            {
                case ["nameserver", var server, ..]:
                    servers.Add(server);
                    break;
                case ["search", .. var domains]:
                    searches = domains;
                    break;
                case ["options", .. var words]:
                    options.AddRange(words);
                    break;
            }
        }

        return new ResolverFile(servers, searches, options);
    }
}
