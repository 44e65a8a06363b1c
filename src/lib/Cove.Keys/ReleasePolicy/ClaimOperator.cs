namespace Cove.Keys.ReleasePolicy;

/// <summary>How a condition compares a claim.</summary>
internal enum ClaimOperator
{
    Equals,
    NotEquals,
    Less,
    LessOrEquals,
    Greater,
    GreaterOrEquals,
    Exists,
}
