using Filip.Embeddings;

namespace Filip.Recall.Elastic;

/// <summary>Names of the fields in the mapping; they stand in <c>elastic/index-template.json</c> too.</summary>
public static class ElasticFields
{
    /// <summary>The picture's id once more, as a keyword: <c>_id</c> cannot be sorted by.</summary>
    public const string Id = "id";

    /// <summary>Hash of everything stored of the picture.</summary>
    public const string ContentHash = "content_hash";

    /// <summary>Where the picture was read from.</summary>
    public const string Path = "path";

    /// <summary>Text for the lexical leg.</summary>
    public const string Caption = "caption";

    /// <summary>The user's own fields, as they came (in <c>_source</c>; searchable as text by <c>attributes.name</c>).</summary>
    public const string Attributes = "attributes";

    /// <summary>The user's own fields as JSON text, where <see cref="Attributes"/> cannot take them (see <see cref="FlattenedAttributes"/>).</summary>
    public const string AttributesJson = "attributes_json";

    /// <summary>The user's own fields as typed terms, for exact filters (see <see cref="Facet"/>).</summary>
    public const string Facets = "facets";

    /// <summary>The pooled vector, <c>dense_vector</c>.</summary>
    public const string Pooled = "pooled";

    /// <summary>Several vectors made of the patches, <c>nested</c>; only where the stamp asks for them (see <see cref="IndexStamp.PooledVectors"/>).</summary>
    public const string Centroids = "centroids";

    /// <summary>The patch record, <c>binary</c>, stored.</summary>
    public const string Patches = "patches";

    /// <summary>The one member of each of <see cref="Centroids"/>: a <c>dense_vector</c>.</summary>
    public static string CentroidVector => "vector";
}
