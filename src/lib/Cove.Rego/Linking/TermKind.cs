namespace Cove.Rego.Linking;

/// <summary>What a term is, as an image says it. The numbers are part of the format.</summary>
internal enum TermKind : byte
{
    Scalar = 0,
    Var = 1,
    Ref = 2,
    Call = 3,
    Array = 4,
    Set = 5,
    Object = 6,
    Comprehension = 7,
    Function = 8,
}
