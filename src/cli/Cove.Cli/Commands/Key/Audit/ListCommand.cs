using System.CommandLine;
using System.Text.Json.Serialization;
using Cove.Cli.Output;
using Cove.Cli.Shell;

namespace Cove.Cli.Commands.Key.Audit;

internal sealed class ListCommand : CoveCommand
{
    private const int Largest = 100_000;
    private readonly Option<int> last = new("--last") { HelpName = "count", Description = "how many, counted from the newest; 20 by default", DefaultValueFactory = _ => 20 };
    private readonly VaultOptions vault = new();

    public ListCommand()
        : base("list", "list what was asked of the key service, newest last")
    {
        Add(last);
        vault.AddTo(this);
        Details = "Every change, release and denial. The chain of hashes is not checked here: cove key audit verify does that.";
        Example("cove key audit list --last 5", "who asked for which key, and what the service decided");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var most = call.Get(last);
        if (most is < 1 or > Largest) throw CommandFailedException.Usage("count-out-of-range", $"--last is {most}, expected 1 to {Largest}", "cove key audit list --last 20");
        using var client = await vault.Connect(call, cancellation);
        var newest = new Queue<AuditEvent>();
        await foreach (var record in client.Audit(cancellation))
        {
            if (newest.Count == most) newest.Dequeue();
            newest.Enqueue(AuditEvent.Read(record));
        }

        return Answer.Of([.. newest], AuditJson.Default.AuditEventArray, static (page, all) =>
        {
            var table = new Table("number", "at", "operation", "key", "caller", "outcome");
            foreach (var one in all) table.Row($"{one.Number}", $"{one.At:yyyy-MM-dd HH:mm:ss}", one.Operation, one.Key, one.Caller, one.Reason is { } why ? $"{one.Outcome}, {why}" : one.Outcome);
            table.WriteTo(page);
        });
    }
}

[JsonSerializable(typeof(AuditEvent[]))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class AuditJson : JsonSerializerContext;
