using Cove.Formats.Jose;

namespace Cove.Attestation.Appraisal;

/// <summary>Reads a policy from its JSON form. What is absent rejects, as in <see cref="AppraisalPolicy"/> itself.</summary>
internal static class AppraisalPolicyFile
{
    public static AppraisalPolicy Read(ReadOnlyMemory<byte> utf8, Func<PolicyMembers, AppraisalPolicy> read)
    {
        using var document = StrictJson.ParseObject(utf8, PolicyMembers.Format, AppraisalPolicy.MaximumSize);
        var members = new PolicyMembers(document.RootElement, "");
        var policy = read(members);
        members.End();
        return policy;
    }
}
