namespace Cove.Attestation.Dcap;

/// <summary>How up to date a platform is, in Intel's words (PCS API, tcbStatus).</summary>
public enum TcbStatus
{
    /// <summary>Nothing is known to be missing.</summary>
    UpToDate,

    /// <summary>Up to date, and the enclave's own code must guard against a known weakness.</summary>
    SWHardeningNeeded,

    /// <summary>Up to date, and the platform's configuration exposes it to a known weakness.</summary>
    ConfigurationNeeded,

    /// <summary>Both of the former.</summary>
    ConfigurationAndSWHardeningNeeded,

    /// <summary>An update that fixes a known weakness is missing.</summary>
    OutOfDate,

    /// <summary>An update is missing, and the configuration needs change as well.</summary>
    OutOfDateConfigurationNeeded,

    /// <summary>The platform's TCB is no longer trustworthy at all.</summary>
    Revoked,

    /// <summary>TDX was updated below the running domain: it was launched under an older TCB, and is up to date once it is launched anew.</summary>
    TDRelaunchAdvised,

    /// <summary>As the former, and the configuration needs change as well.</summary>
    TDRelaunchAdvisedConfigurationNeeded,
}
