using Cove.KeyService.Audit;
using Cove.Keys.Audit;

namespace Cove.Services.Tests.Keys;

/// <summary>An audit log followed from its first record: how many follow, and why the next one does not.</summary>
internal static class AuditTrail
{
    private const int PageLength = 7;

    public static (long Records, string? Broken) Follow(AuditLog log)
    {
        var chain = new AuditChain();
        while (log.Read(chain.Head.Number, PageLength) is { Count: > 0 } page)
        {
            foreach (var record in page)
                if (chain.Follow(record) is { } finding) return (chain.Head.Number, finding.Code);
        }

        return (chain.Head.Number, null);
    }
}
