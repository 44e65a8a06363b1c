using System.Globalization;
using Cove.Attestation.Azure;
using Cove.Attestation.Tpm;

namespace Cove.Attestation.Appraisal;

/// <summary>Reads the part of a policy file that is about Azure confidential VMs.</summary>
internal static class AzureGuestPolicyFile
{
    private const int NonceSize = 32;
    private const int PcrSize = 32;

    public static AzureGuestAppraisalPolicy Read(PolicyMembers guest) => new()
    {
        Nonce = guest.References("nonce", NonceSize),
        PermitInsecureBoot = guest.Flag("permitInsecureBoot"),
        Pcrs = guest.Object("pcrs", ReadPcrs) ?? [],
    };

    private static Dictionary<int, ReferenceValues> ReadPcrs(PolicyMembers pcrs)
    {
        Dictionary<int, ReferenceValues> values = [];
        for (var index = 0; index < TpmQuote.PcrCount; index++)
        {
            if (pcrs.OptionalReferences(index.ToString(CultureInfo.InvariantCulture), PcrSize) is { } accepted) values[index] = accepted;
        }

        return values;
    }
}
