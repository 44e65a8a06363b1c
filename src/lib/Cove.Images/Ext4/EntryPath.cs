using Cove.Images.Tar;
using Cove.Outcomes;

namespace Cove.Images.Ext4;

/// <summary>Where an entry goes: its name taken from the root, with empty parts, "." and ".." resolved. Nothing leads out of the root.</summary>
internal static class EntryPath
{
    /// <exception cref="MalformedException">The path or a part of it is too long.</exception>
    public static List<string> Parts(string name)
    {
        if (name.Length > TarLimits.MaximumPath) throw new MalformedException("layer tar", $"name {ByteText.Show(name)}", $"is over {TarLimits.MaximumPath} bytes");
        List<string> parts = [];
        foreach (var range in name.AsSpan().Split('/'))
        {
            var part = name.AsSpan(range);
            if (part is "" or ".") continue;
            if (part is "..")
            {
                if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
                continue;
            }

            parts.Add(part.ToString());
        }

        var tooLong = parts.Find(part => part.Length > Ext4Format.MaximumName);
        return tooLong is null ? parts : throw new MalformedException("layer tar", $"name {ByteText.Show(tooLong)}", $"is over {Ext4Format.MaximumName} bytes");
    }
}
