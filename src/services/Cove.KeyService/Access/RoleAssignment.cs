namespace Cove.KeyService.Access;

/// <summary>Who has which role where.</summary>
/// <param name="Name">A GUID that the client chose.</param>
/// <param name="Scope">Where it holds, and below.</param>
/// <param name="Role">The definition's name.</param>
/// <param name="Principal">The <c>oid</c>, <c>sub</c> or one of the <c>groups</c> of an access token.</param>
internal sealed record RoleAssignment(Guid Name, RoleScope Scope, Guid Role, string Principal);
