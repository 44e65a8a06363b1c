using Cove.Attestation;
using Cove.Attestation.Dcap;
using Cove.Cli.Shell;
using Cove.Formats.Cose;

namespace Cove.Cli.Evidence;

/// <summary>What the user said beside the evidence.</summary>
internal sealed record Verification
{
    /// <summary>The evidence's file, as the user wrote it.</summary>
    public required string Path { get; init; }

    public required Collateral Collateral { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required TrustAnchors Anchors { get; init; }

    /// <summary>What is accepted, before <see cref="Expected"/> narrows it.</summary>
    public required AppraisalPolicy Policy { get; init; }

    public required Expectations Expected { get; init; }

    /// <summary>Statuses of Intel's platforms that are accepted beside those of the policy.</summary>
    public required IReadOnlyList<TcbStatus> AcceptedStatuses { get; init; }

    public required IReadOnlyList<TransparencyLedger> Ledgers { get; init; }

    /// <summary>How the keys of a token's issuer are found.</summary>
    public required TokenAuthority Authority { get; init; }

    public required Invocation Call { get; init; }
}
