namespace Cove.Hosting.Errors;

/// <summary>Writes an error as the service's clients expect it.</summary>
/// <param name="error">The error.</param>
/// <param name="requestId">The request's <c>x-ms-request-id</c>, which some shapes repeat.</param>
/// <returns>UTF-8 JSON; empty for no body.</returns>
public delegate byte[] ErrorBody(ServiceException error, string requestId);
