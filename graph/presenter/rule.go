package presenter

import "github.com/vektah/gqlparser/v2/gqlerror"

// ruleSentence returns our sentence for a rule of the GraphQL specification,
// section 5, by gqlparser's name of it.
func ruleSentence(raised *gqlerror.Error) string {
	switch raised.Rule {
	case "FieldsOnCorrectType", "FieldsOnCorrectTypeWithoutSuggestions":
		return "A field is selected that its type does not have."
	case "ScalarLeafs", "ScalarLeafsWithoutSuggestions":
		return "A field of a composite type needs a selection of subfields, and a leaf must not have one."
	case "KnownArgumentNames", "KnownArgumentNamesWithoutSuggestions":
		return "An argument is given that its field or directive does not have."
	case "ProvidedRequiredArguments":
		return "A required argument is missing."
	case "UniqueArgumentNames":
		return "An argument is given twice."
	case "ValuesOfCorrectType", "NoSchemaIntrospection":
		return raised.Message // package validation wrote it
	case "UniqueInputFieldNames":
		return "A field of an input object is given twice."
	case "KnownTypeNames", "KnownTypeNamesWithoutSuggestions":
		return "A type is named that the schema does not have."
	case "KnownDirectives":
		return "A directive is unknown or stands where it may not."
	case "UniqueDirectivesPerLocation":
		return "A directive is repeated at one place."
	case "KnownRootType":
		return "The schema does not support this type of operation."
	case "LoneAnonymousOperation":
		return "An operation without a name must be the only one."
	case "UniqueOperationNames":
		return "Two operations have the same name."
	case "SingleFieldSubscriptions":
		return "A subscription must select exactly one field."
	case "KnownFragmentNames":
		return "A fragment is spread that the document does not define."
	case "FragmentsOnCompositeTypes":
		return "A fragment must be on an object, an interface or a union."
	case "PossibleFragmentSpreads":
		return "A fragment is spread where its type can never occur."
	case "NoFragmentCycles":
		return "A fragment spreads itself."
	case "NoUnusedFragments":
		return "A fragment is never used."
	case "UniqueFragmentNames":
		return "Two fragments have the same name."
	case "NoUndefinedVariables":
		return "A variable is used that the operation does not define."
	case "NoUnusedVariables":
		return "A variable is never used."
	case "UniqueVariableNames":
		return "Two variables have the same name."
	case "VariablesAreInputTypes":
		return "A variable must be of an input type."
	case "VariablesInAllowedPosition":
		return "A variable is used where its type does not fit."
	case "OverlappingFieldsCanBeMerged":
		return "Two fields share a response name but cannot be merged: give one an alias."
	case "MaxIntrospectionDepth":
		return "The introspection query nests too deep."
	}
	return "The document breaks a rule of GraphQL validation."
}
