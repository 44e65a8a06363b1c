using System.Text.Json.Serialization;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Cli.Vault;

namespace Cove.Cli.Commands.Key;

internal sealed class ListCommand : CoveCommand
{
    private readonly VaultOptions vault = new();

    public ListCommand()
        : base("list", "list the keys of the key service")
    {
        vault.AddTo(this);
        Example("cove key list", "names, and which of them can be released at all");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        using var client = await vault.Connect(call, cancellation);
        var items = await client.List(cancellation);
        return Answer.Of([.. items], KeyJson.Default.KeyItemArray, static (page, all) =>
        {
            var table = new Table("name", "enabled", "release", "created");
            foreach (var key in all) table.Row(key.Name, key.Enabled ? "yes" : "no", key.Exportable ? "by policy" : "never", $"{key.Created:yyyy-MM-dd HH:mm:ss}");
            table.WriteTo(page);
        });
    }
}

[JsonSerializable(typeof(KeyItem[]))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class KeyJson : JsonSerializerContext;
