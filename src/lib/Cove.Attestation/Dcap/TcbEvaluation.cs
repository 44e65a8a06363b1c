namespace Cove.Attestation.Dcap;

/// <summary>How up to date a platform is, as its collateral says.</summary>
/// <param name="Status">The status of the whole.</param>
/// <param name="Platform">The status of processor and firmware alone.</param>
/// <param name="QuotingEnclave">The status of the quoting enclave alone.</param>
/// <param name="Module">The status of the TDX module alone; null for SGX, and for a module that is judged with the platform.</param>
/// <param name="TcbDate">The date of the platform's TCB level: weaknesses published later are not considered in it.</param>
/// <param name="EvaluationDataNumber">The lower of the numbers of TCB info and QE identity: how recent Intel's judgement is.</param>
/// <param name="Advisories">Ids of all security advisories that concern the platform, e.g. <c>INTEL-SA-00615</c>; in ordinal order.</param>
public sealed record TcbEvaluation(
    TcbStatus Status,
    TcbStatus Platform,
    TcbStatus QuotingEnclave,
    TcbStatus? Module,
    DateTimeOffset TcbDate,
    int EvaluationDataNumber,
    IReadOnlyList<string> Advisories);
