using System.Globalization;
using System.Text;
using Cove.Guest.Linux;
using Cove.Outcomes;

namespace Cove.Agent.Containers;

/// <summary>
/// Resolves an image's <c>user[:group]</c> against the root file system's own <c>/etc/passwd</c> and <c>/etc/group</c> (container-policy §4.5).
/// </summary>
internal sealed class UserLookup
{
    private const int FileLimit = 1024 * 1024;

    private readonly List<string[]> users;
    private readonly List<string[]> groups;

    private UserLookup(List<string[]> users, List<string[]> groups) => (this.users, this.groups) = (users, groups);

    /// <summary>The users and groups of a root file system; none, so that only numbers resolve, where there is none.</summary>
    public static UserLookup In(string? rootfs) =>
        rootfs is null ? new([], []) : new(Entries(rootfs, "/etc/passwd", 4), Entries(rootfs, "/etc/group", 3));

    /// <exception cref="MalformedException">A name that the root file system does not know.</exception>
    public ProcessUser Resolve(string text, IReadOnlyList<uint> additionalGroups)
    {
        var parts = text.Split(':');
        if (parts.Length > 2) throw new MalformedException("user", text, "is not user[:group]");
        var user = parts[0].Length == 0 ? "0" : parts[0];
        var entry = Find(users, user);
        if (entry is null && !Number(user, out _)) throw new MalformedException("user", user, "is not in the root file system's /etc/passwd");
        var uid = entry is null ? uint.Parse(user, CultureInfo.InvariantCulture) : Id(entry, "/etc/passwd");
        var primary = parts.Length == 2 && parts[1].Length > 0
            ? Group(parts[1])
            : Group((entry is not null && Number(entry[3], out var gid) ? gid : 0).ToString(CultureInfo.InvariantCulture));
        var more = additionalGroups.Select(group => Group(group.ToString(CultureInfo.InvariantCulture)));
        return new ProcessUser(uid, entry?[0] ?? "", [primary, .. more]);
    }

    private ProcessGroup Group(string group)
    {
        var entry = Find(groups, group);
        if (entry is not null) return new ProcessGroup(Id(entry, "/etc/group"), entry[0]);
        return Number(group, out var gid)
            ? new ProcessGroup(gid, "")
            : throw new MalformedException("user", group, "is not in the root file system's /etc/group");
    }

    /// <summary>A name comes before a number, as everywhere.</summary>
    private static string[]? Find(List<string[]> entries, string nameOrNumber) =>
        entries.Find(entry => entry[0] == nameOrNumber)
        ?? (Number(nameOrNumber, out var number) ? entries.Find(entry => Number(entry[2], out var id) && id == number) : null);

    private static uint Id(string[] entry, string file) =>
        Number(entry[2], out var id) ? id : throw new MalformedException(file, entry[0], "has no number");

    private static bool Number(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= int.MaxValue;

    private static List<string[]> Entries(string rootfs, string file, int fields)
    {
        var bytes = RootedFile.Read(rootfs, file, FileLimit) ?? [];
        var entries = Encoding.UTF8.GetString(bytes).Split('\n').Select(line => line.Trim().Split(':'));
        return [.. entries.Where(entry => entry.Length >= fields && entry[0].Length > 0)];
    }
}
