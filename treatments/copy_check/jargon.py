"""Words of the trade that a reader may not know, and that the glossary should explain."""

import re

WORDS = """
    ablative abscess acral actinic adjunct adjunctive adverse aetiology allogeneic analgesia anesthesia
    angioedema angiogenesis anticoagulant antiplatelet arrhythmia aseptic asymptomatic atopy atrophic autologous
    bilateral bioavailability biopsy blanching bradycardia cannula cautery cellulitis centrifuge chronic
    coagulation comedonal comedones comorbid comorbidity contraindicated contraindication corneum cosmesis
    cutaneous cytokine cytokines dermal dermatome dermatoses dermatosis dermis desquamation distal dyschromia
    dyspigmentation ecchymosis eczematous edema efficacy elastin emollient endogenous epidermal epidermis
    epithelium erythema erythematous etiology exfoliation exogenous exudate fibroblast fibroblasts fibrosis
    fitzpatrick fluence glycolic granuloma haematoma hematoma hemorrhage hemostasis hemostatic histology
    homeostasis homeostatic hyaluronic hydrophilic hyperkeratosis hyperpigmentation hypersensitivity
    hypertension hypertrophic hypopigmentation hypotension hypoxia iatrogenic idiopathic immunosuppressed
    immunosuppression induration inflammatory infraorbital intradermal intraoperative ischemia keloid
    keratinization keratinocyte keratosis lateral lentigines lentigo lesion lesions leukocyte leukocytes
    lidocaine lignocaine lymphatic malignancy melanin melanocyte melanocytes melasma methemoglobinemia modality
    monotherapy morbidity mucosa necrosis neocollagenesis neovascular neovascularization nociceptive nodule
    nonablative nosocomial occlusion occlusive oedema papular papule papules percutaneous perioperative perioral
    periorbital petechiae pharmacokinetic pharmacological phlebotomy photoaging photodamage photosensitivity
    photosensitizing phototoxic pigmentation plasma platelet platelets postoperative preoperative prilocaine
    prodrome prognosis prophylactic prophylaxis proximal pruritus pustular pustule pustules radiofrequency
    resorption retinoid retinoids rhytides salicylic sebaceous seborrheic sepsis sequelae somatic stratum striae
    subcutaneous subcutis subdermal sutures symptomatic syncope systemic tachycardia telangiectasia tetracaine
    thrombin thrombocytopenia topical transepidermal tretinoin ulceration urticaria vascular vasoconstriction
    vasodilation vasovagal venipuncture xerosis
"""
HARD = frozenset(WORDS.split())
ENDINGS = re.compile(r"\w{4,}(?:itis|osis|emia|aemia|ectomy|plasty|algia|pathy|cyte|cytes|genesis|trophic|dermic)\b")
WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
EVERYDAY = frozenset({"diagnosis", "empathy", "sympathy"})


def hard_words(text) -> list[str]:
    """The words of the trade in a text, in lower case and in the order in which they come, each once."""
    words = WORD.findall(text.lower())
    hard = (word for word in words if word in HARD or (ENDINGS.fullmatch(word) and word not in EVERYDAY))
    return list(dict.fromkeys(hard))
