using System.Text.Json;
using Cove.Formats.Jose;

namespace Cove.Cli.Vault;

/// <summary>One line of a key list.</summary>
/// <param name="Id">The key's id without a version.</param>
/// <param name="Name">Its name.</param>
/// <param name="Enabled">Whether it may be used.</param>
/// <param name="Exportable">Whether it can be released at all.</param>
/// <param name="Created">When it was made.</param>
internal sealed record KeyItem(string Id, string Name, bool Enabled, bool Exportable, DateTimeOffset? Created)
{
    public static KeyItem Read(JsonElement item)
    {
        var id = StrictJson.RequiredString(item, "kid", "key list");
        return new(id, KeyBundle.NameIn(id), KeyBundle.Flag(item, "enabled"), KeyBundle.Flag(item, "exportable"), KeyBundle.Time(item, "created"));
    }
}
