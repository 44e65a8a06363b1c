using Cove.Fuzz.Targets;

namespace Cove.Fuzz;

/// <summary>Every parser that reads what somebody else wrote.</summary>
internal static class TargetList
{
    public static IReadOnlyList<ITarget> All { get; } =
    [
        new SnpReports(),
        new Quotes(),
        new DcapCollaterals(),
        new EventLogs(),
        new HclReports(),
        new TpmQuotes(),
        new TpmCertifications(),
        new AttestedCertificates(),
        new Certificates(),
        new RevocationLists(),
        new CertificateTables(),
        new Cbor(),
        new Cose(),
        new UvmEndorsements(),
        new DidX509s(),
        new Jws(),
        new JsonWebKeys(),
        new MaaPolicies(),
        new JmesQueries(),
        new ThimCertifications(),
        new SevSnpVmRequests(),
        new GuestRequests(),
        new AppraisalPolicies(),
        new OvmfImages(),
        new Sigstructs(),
        new IdAuthentications(),
        new LayerArchives(),
        new LuksHeaders(),
        new BlobListings(),
        new RegoModules(),
        new RegoPolicies(),
        new RegoEvaluations(),
    ];

    public static ITarget? Find(string name) => All.FirstOrDefault(target => target.Name == name);
}
