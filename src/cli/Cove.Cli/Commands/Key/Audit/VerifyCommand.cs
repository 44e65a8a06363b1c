using System.CommandLine;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Keys.Audit;
using Cove.Outcomes;

namespace Cove.Cli.Commands.Key.Audit;

internal sealed class VerifyCommand : CoveCommand
{
    private readonly Option<string?> known = new("--head") { HelpName = "number:hash", Description = "what an earlier verification printed: the log must still hold it" };
    private readonly VaultOptions vault = new();

    public VerifyCommand()
        : base("verify", "verify that no record of the key service's audit log was changed or removed")
    {
        Add(known);
        vault.AddTo(this);
        Details = "Each record holds a hash over the one before it, so a change breaks the chain from there on. A log that was cut at its end, or written anew as a whole, is a chain as well: "
            + "keep the head that this prints somewhere else, and give it next time. Exit code 0 whole, 3 not.";
        Example("cove key audit verify", "how many records, and the head to keep");
        Example("cove key audit verify --head 12:HASH", "and nothing before was written anew");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        AuditHead? before = call.Get(known) is { } text ? AuditHead.Parse(text) : null;
        using var client = await vault.Connect(call, cancellation);
        var chain = new AuditChain();
        await foreach (var record in client.Audit(cancellation))
            if ((chain.Follow(record) ?? (before is { } kept ? chain.Compare(kept) : null)) is { } broken) return Rejected(client.Vault, broken);
        if (before is { } head && chain.End(head) is { } cut) return Rejected(client.Vault, cut);
        return Accepted(chain.Head, before);
    }

    private static Answer Rejected(Uri vault, Finding finding) => Answer.Rejected($"the audit log is not what it was, {vault}", [], [finding]);

    private static Answer Accepted(AuditHead head, AuditHead? before) => Answer.Of(
        page => VerdictPage.WriteAccepted(
            page,
            $"the audit log is whole, {head.Number} records",
            [new("chain of hashes", true, $"head {head}"), new("earlier head", before is null ? null : true, before?.ToString() ?? "none given")],
            before is null ? $"keep the head elsewhere, and next time: cove key audit verify --head {head}" : null),
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("verdict", "accepted");
            writer.WriteNumber("records", head.Number);
            writer.WriteString("head", head.ToString());
            writer.WriteEndObject();
        });
}
