namespace Cove.Cli.Shell;

/// <summary>
/// Where cove keeps its state: <c>$COVE_HOME</c>, else <c>$XDG_DATA_HOME/cove</c>, else <c>~/.local/share/cove</c>. Every folder name
/// stands here and nowhere else in the command line. Folders are made on first use and are the user's alone (0700).
/// </summary>
internal sealed class CoveHome(string root)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Root { get; } = root;

    /// <summary>The development CA, the two services' data and the development identity.</summary>
    public string Dev => Path.Combine(Root, "dev");

    /// <summary>The local issuer of access tokens: its key and its JWKS.</summary>
    public string DevIdentity => Path.Combine(Dev, "identity");

    /// <summary>The simulated secure processor's keys and certificates.</summary>
    public string Processor => Path.Combine(Root, "processor");

    /// <summary>What AMD's key distribution service answered.</summary>
    public string Certificates => Path.Combine(Root, "certificates");

    /// <summary>The image store.</summary>
    public string Images => Path.Combine(Root, "images");

    /// <summary>The image that virtual machines are launched from.</summary>
    public string GuestImage => Path.Combine(Root, "guest");

    /// <summary>Layers made into ext4 files, by root hash.</summary>
    public string Layers => Path.Combine(Root, "layers");

    /// <summary>The encrypted images of projects' volumes, and their keys.</summary>
    public string Volumes => Path.Combine(Root, "volumes");

    /// <summary>One folder for each container group.</summary>
    public string Groups => Path.Combine(Root, "groups");

    /// <summary>The folder of one group.</summary>
    /// <exception cref="CommandFailedException">The name is not one path segment.</exception>
    public string Group(string name)
    {
        if (name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\0'))
            throw CommandFailedException.Usage("group-name-invalid", $"not a group name, {name}", "cove ps");
        return Path.Combine(Groups, name);
    }

    /// <summary>Makes a folder of this layout, closed to other users, and gives its path back.</summary>
    public static string Ensure(string folder)
    {
        Directory.CreateDirectory(folder, OwnerOnly);
        return folder;
    }

    public static CoveHome Find(Surroundings surroundings)
    {
        if (surroundings.Environment("COVE_HOME") is { } set) return new(surroundings.FullPath(set));
        if (surroundings.Environment("XDG_DATA_HOME") is { } data && Path.IsPathRooted(data)) return new(Path.Combine(data, "cove"));
        if (surroundings.Environment("HOME") is { } home) return new(Path.Combine(home, ".local", "share", "cove"));
        throw CommandFailedException.Usage("no-home", "no place for cove's state: neither COVE_HOME nor HOME is set", "export COVE_HOME=/var/lib/cove");
    }
}
