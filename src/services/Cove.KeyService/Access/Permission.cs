namespace Cove.KeyService.Access;

/// <summary>What a caller may be allowed to do.</summary>
internal enum Permission
{
    Read,
    Write,
    Delete,
    Release,
    Use,
    ReadSecret,
    Backup,
    Audit,
}
