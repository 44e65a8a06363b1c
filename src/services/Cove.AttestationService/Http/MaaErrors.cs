using Cove.Hosting.Errors;
using Cove.Outcomes;

namespace Cove.AttestationService.Http;

/// <summary>Errors with the codes of Microsoft Azure Attestation.</summary>
internal static class MaaErrors
{
    public static ServiceException InvalidParameter(string message) => new(StatusCodes.Status400BadRequest, "InvalidParameter", message);

    /// <summary>What is asked for cannot be done, or the document that asks for it cannot be read.</summary>
    public static ServiceException InvalidOperation(string message) => new(StatusCodes.Status400BadRequest, "InvalidOperation", message);

    /// <summary>The policy is no policy.</summary>
    public static ServiceException PolicyParsing(string message) => new(StatusCodes.Status400BadRequest, "PolicyParsingError", message);

    /// <summary>Who calls is not known well enough.</summary>
    public static ServiceException Unauthorized(string message) => new(StatusCodes.Status401Unauthorized, "Unauthorized", message)
    {
        Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["WWW-Authenticate"] = "Bearer resource=\"https://attest.azure.net\"" },
    };

    /// <summary>The evidence is not genuine.</summary>
    public static ServiceException NotGenuine(IReadOnlyList<Finding> findings) => InvalidParameter("The evidence is not genuine. " + Explain(findings));

    /// <summary>The policy in force does not let the evidence be attested.</summary>
    public static ServiceException PolicyEvaluation(string message) => new(StatusCodes.Status400BadRequest, "PolicyEvaluationError", message);

    /// <summary>The evidence is genuine and the policy does not accept it.</summary>
    public static ServiceException NotAcceptable(IReadOnlyList<Finding> findings) =>
        PolicyEvaluation("The policy does not accept the evidence. " + Explain(findings));

    /// <summary>Writes any error, with the shell's own codes translated to MAA's.</summary>
    public static byte[] Write(ServiceException error, string requestId) =>
        AzureErrors.Write(error.Code is "BadParameter" or "BadRequest" ? "InvalidParameter" : error.Code, error.Message, error.InnerCode);

    private static string Explain(IReadOnlyList<Finding> findings) => string.Join("; ", findings);
}
