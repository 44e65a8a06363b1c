using Cove.Sidecar.GoText;

namespace Cove.Sidecar.Server;

/// <summary>The body of a refusal: what failed, where the reference's documentation is, and why. The text is part of the wire format.</summary>
internal static class ErrorText
{
    /// <summary>The same few lines in every error, in both protocols.</summary>
    public const string Documentation =
        "ERROR: Please refer to the documentation for more information on how to use this sidecar.\n" +
        "ACI: https://github.com/microsoft/confidential-sidecar-containers/blob/main/examples/skr/aci/README.md\n" +
        "KATA: https://github.com/microsoft/confidential-sidecar-containers/blob/main/examples/skr/aks/README.md\n" +
        "Troubleshooting: https://github.com/microsoft/confidential-sidecar-containers/blob/main/examples/skr/TROUBLESHOOTING.md";

    public static byte[] Body(string what, Exception cause) => GoJsonText.Object(("error", $"{what}\n{Documentation}: {cause.Message}"));
}
